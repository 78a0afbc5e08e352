import { Modal } from "@mantine/core";
import { useId, useState, type KeyboardEvent } from "react";
import { Icon } from "../components/Icon";
import { useWords } from "../i18n/I18n";
import { groups, ranked } from "./match";
import classes from "./Palette.module.css";
import { keepRecent, readRecent } from "./recent";
import { useItems, type Doing } from "./useItems";

type Props = { opened: boolean; onClose: () => void; showKeys: () => void };

/** Palette finds what one types, and goes there. */
export function Palette({ opened, onClose, showKeys }: Props) {
  const { t } = useWords();
  return (
    <Modal.Root opened={opened} onClose={onClose} size="lg" yOffset="12vh" padding={0} transitionProps={{ duration: 100 }}>
      <Modal.Overlay />
      <Modal.Content aria-label={t("palette.label")}>
        <Search onClose={onClose} showKeys={showKeys} />
      </Modal.Content>
    </Modal.Root>
  );
}

function Search({ onClose, showKeys }: Omit<Props, "opened">) {
  const { t } = useWords();
  const id = useId();
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const [recent] = useState(readRecent);
  const shown = ranked(useItems(typed, showKeys), typed, recent);
  const chosen = Math.min(at, Math.max(0, shown.length - 1));
  const choose = (item: Doing | undefined) => {
    if (!item) return;
    keepRecent(item.id);
    onClose();
    item.run();
  };
  const onKey = (event: KeyboardEvent) => {
    const to = { ArrowDown: (chosen + 1) % Math.max(1, shown.length), ArrowUp: (chosen - 1 + shown.length) % Math.max(1, shown.length), Home: 0, End: shown.length - 1 }[event.key];
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") choose(shown[chosen]);
    else if (to === undefined || ((event.key === "Home" || event.key === "End") && typed !== "")) return;
    else {
      setAt(to);
      document.getElementById(`${id}-${to}`)?.scrollIntoView({ block: "nearest" });
    }
    event.preventDefault();
  };
  return (
    <div>
      <div className={classes.field}>
        <Icon name="search" />
        <input
          data-autofocus
          role="combobox"
          aria-expanded={shown.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={shown.length > 0 ? `${id}-${chosen}` : undefined}
          aria-autocomplete="list"
          aria-label={t("palette.label")}
          placeholder={t("palette.placeholder")}
          autoComplete="off"
          spellCheck={false}
          value={typed}
          onKeyDown={onKey}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setAt(0);
          }}
        />
      </div>
      <Results id={id} shown={shown} chosen={chosen} onChoose={choose} />
      <p role="status" className={shown.length === 0 ? classes.none : "visually-hidden"}>
        {shown.length === 0 ? t("palette.none", { query: typed }) : t("palette.results", { count: shown.length })}
      </p>
      <p className={classes.hint}>{t("palette.hint")}</p>
    </div>
  );
}

type ResultsProps = { id: string; shown: readonly Doing[]; chosen: number; onChoose: (item: Doing) => void };

function Results({ id, shown, chosen, onChoose }: ResultsProps) {
  const { t } = useWords();
  const inOrder = [...new Set(shown.map(({ group }) => group))];
  return (
    <div id={`${id}-list`} role="listbox" aria-label={t("palette.label")} className={classes.list}>
      {inOrder.map((group) => (
        <div key={group} role="group" aria-labelledby={`${id}-${group}`}>
          <div id={`${id}-${group}`} className={classes.group} role="presentation">
            {t(`palette.group.${groups.find((each) => each === group) ?? "recent"}`)}
          </div>
          {shown.map((item, i) =>
            item.group === group ? (
              <div key={item.id} id={`${id}-${i}`} role="option" aria-selected={i === chosen} className={classes.option} onClick={() => onChoose(item)}>
                <span className={classes.title}>{item.title}</span>
                {item.detail && <span className={classes.detail}>{item.detail}</span>}
              </div>
            ) : null,
          )}
        </div>
      ))}
    </div>
  );
}
