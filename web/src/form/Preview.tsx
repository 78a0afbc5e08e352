import type { NameCheck, Platform } from "../api/types";
import { Icon } from "../components/Icon";
import { useWords } from "../i18n/I18n";
import classes from "./Form.module.css";

type Check = NameCheck["checks"][number];
type Props = { name: string; platform: Platform | undefined; check: NameCheck | undefined };

/** Preview is what will come to be, as one types, each with a tick when it is free. */
export function Preview({ name, platform, check }: Props) {
  const { t } = useWords();
  const rows = (check?.checks.length ?? 0) > 0 ? (check?.checks ?? []).filter(({ kind }) => kind !== "name") : guess(check ? "" : name, platform);
  return (
    <aside className={classes.preview} aria-labelledby="preview">
      <h2 id="preview">{t("create.preview")}</h2>
      <dl>
        {rows.map((row) => (
          <div key={row.kind} className={classes.row}>
            <dt>{t(`create.kind.${row.kind}`)}</dt>
            <dd>{row.value}</dd>
            <dd className={classes.mark}>
              <Mark name={name} row={row} check={check} />
            </dd>
          </div>
        ))}
      </dl>
      {check?.quota && <Quota quota={check.quota} />}
      {name === "" && <p className={classes.hint}>{t("create.previewHint")}</p>}
    </aside>
  );
}

/** Quota is how many applications the owner may still have. */
function Quota({ quota: { used, limit } }: { quota: NonNullable<NameCheck["quota"]> }) {
  const { t } = useWords();
  const left = Math.max(0, limit - used);
  return (
    <p className={left === 0 ? `${classes.hint ?? ""} ${classes.error ?? ""}` : classes.hint} role="status">
      {left === 0 ? t("form.quotaNone", { limit }) : t("form.quotaLeft", { left, limit })}
    </p>
  );
}

function Mark({ name, row, check }: { name: string; row: Check; check: NameCheck | undefined }) {
  const { t, said } = useWords();
  if (name === "" || check?.checks.length === 0) return null;
  if (!check) return <span className={`${classes.free ?? ""} ${classes.pending ?? ""}`}>… <span className="visually-hidden">{t("create.checking")}</span></span>;
  return row.free ? (
    <span className={classes.free}>
      <Icon name="check" size={15} /> {t("create.free")}
    </span>
  ) : (
    <span className={`${classes.free ?? ""} ${classes.taken ?? ""}`} title={row.reason && said(row.reason)}>
      <Icon name="cross" size={15} /> {t("create.taken")}
    </span>
  );
}

/** guess is what the names would be, before the platform has answered. */
function guess(name: string, platform: Platform | undefined): Check[] {
  const app = name === "" ? "…" : name;
  const registry = platform?.urls.registry.replace(/^https:\/\//, "").replace(/\/$/, "") ?? "registry";
  return [
    { kind: "repository", value: `${platform?.organization ?? "apps"}/idp-${app}`, free: false },
    { kind: "namespace", value: app, free: false },
    { kind: "host", value: `${app}.${platform?.domain ?? ""}`, free: false },
    { kind: "image", value: `${registry}/idp-${app}`, free: false },
  ];
}
