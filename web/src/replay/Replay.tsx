import { ActionIcon, Button, SegmentedControl } from "@mantine/core";
import { useReducedMotion } from "@mantine/hooks";
import type { Dispatch, SetStateAction } from "react";
import { Icon } from "../components/Icon";
import { exact } from "../format/time";
import { useWords } from "../i18n/I18n";
import { fitting, following, preceding, speeds, type Speed } from "./player";
import classes from "./Replay.module.css";
import { usePlayer } from "./usePlayer";

type Props = {
  /** Seconds from beginning to end. */
  length: number;
  /** When something changed, in seconds. */
  moments: readonly number[];
  began: string;
  position: number;
  onPosition: Dispatch<SetStateAction<number>>;
  onClose: () => void;
};

/** Replay walks through a delivery's recorded times; with reduced motion only in steps. */
export default function Replay({ length, moments, began, position, onPosition, onClose }: Props) {
  const { t, lang, seconds } = useWords();
  const still = useReducedMotion(false, { getInitialValueInEffect: false });
  const { playing, toggle, seek, speed, setSpeed } = usePlayer(length, position, onPosition, !still, fitting(length));
  const shown = t("replay.at", { time: seconds(position), total: seconds(length) });
  const over = position >= length;
  return (
    <section className={classes.replay} aria-label={t("replay.label")}>
      <div className={classes.controls}>
        {!still && <Round label={t(playing ? "replay.pause" : over ? "replay.again" : "replay.play")} icon={playing ? "pause" : over ? "rewind" : "play"} filled onClick={toggle} />}
        <Round label={t("replay.back")} icon="back" disabled={position <= 0} onClick={() => seek(preceding(moments, position))} />
        <Round label={t("replay.forward")} icon="forward" disabled={over} onClick={() => seek(following(moments, position))} />
      </div>
      <input className={classes.scrubber} type="range" min={0} max={length} step="any" value={position} aria-label={t("replay.position")} aria-valuetext={shown} onChange={(event) => seek(Number(event.currentTarget.value))} style={{ "--share": `${(position / length) * 100}%` }} />
      <span className={classes.time}>{shown}</span>
      {!still && <SegmentedControl size="xs" aria-label={t("replay.speed")} data={speeds.map((each) => ({ value: String(each), label: `${each}×` }))} value={String(speed)} onChange={(value) => setSpeed(Number(value) as Speed)} />}
      <Button variant="subtle" size="compact-sm" onClick={onClose}>
        {t("replay.close")}
      </Button>
      <p className={classes.when}>{t("replay.showing", { when: exact(new Date(began), lang) })}</p>
    </section>
  );
}

type RoundProps = { label: string; icon: "play" | "pause" | "back" | "forward" | "rewind"; filled?: boolean; disabled?: boolean; onClick: () => void };

function Round({ label, icon, filled = false, disabled = false, onClick }: RoundProps) {
  return (
    <ActionIcon variant={filled ? "filled" : "default"} radius="xl" size="lg" aria-label={label} title={label} disabled={disabled} onClick={onClick} {...(filled ? { c: "var(--on-accent)" } : {})}>
      <Icon name={icon} size={16} />
    </ActionIcon>
  );
}
