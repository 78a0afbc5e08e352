import { Button } from "@mantine/core";
import { Link } from "react-router";
import type { Version } from "../api/types";
import { CopyText } from "../components/CopyText";
import page from "../components/Page.module.css";
import { StepMark } from "../journey/RunSteps";
import table from "../components/Table.module.css";
import { When } from "../components/When";
import { shortSHA } from "../format/text";
import { useWords } from "../i18n/I18n";
import classes from "./Versions.module.css";

type Props = { app: string; version: Version; may: boolean; onRollback: () => void };

/** VersionRow is a revision that was live; it can be gone back to, or says why not. */
export function VersionRow({ app, version, may, onRollback }: Props) {
  const { t, seconds } = useWords();
  const revision = shortSHA(version.revision);
  return (
    <tr className={version.live ? table.chosen : undefined}>
      <td>
        <CopyText text={version.revision} shown={revision} what={t("versions.revision")} />
      </td>
      <td className={table.wide}>
        <Link className={`${page.cut ?? ""} ${classes.change ?? ""}`} to={`/apps/${app}/deliveries/${version.deliveryId}`} title={version.message} aria-label={`${version.message ?? ""} – ${t("versions.delivery", { revision })}`}>
          {version.message ?? revision}
        </Link>
      </td>
      <td>{version.author}</td>
      <td className={table.quiet}>
        <When at={version.liveAt} />
      </td>
      <td className={table.quiet}>{seconds(version.seconds)}</td>
      <td className={classes.action}>
        {version.live ? (
          <span className={classes.live}>
            <StepMark status="done" /> {t("versions.live")}
          </span>
        ) : version.rollback.allowed ? (
          may && (
            <Button variant="default" size="compact-sm" aria-label={t("versions.rollbackTo", { revision })} onClick={onRollback}>
              {t("versions.rollback")}
            </Button>
          )
        ) : (
          <Reason text={version.rollback.reason} />
        )}
      </td>
    </tr>
  );
}

function Reason({ text }: { text: string | undefined }) {
  const { saying } = useWords();
  return <span className={classes.reason}>{saying(text ?? "")}</span>;
}
