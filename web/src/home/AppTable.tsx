import { Link } from "react-router";
import { OutLink } from "../components/OutLink";
import page from "../components/Page.module.css";
import { StatusText } from "../components/StatusText";
import { When } from "../components/When";
import { entityName, shortSHA } from "../format/text";
import type { Key } from "../i18n/translate";
import { useWords } from "../i18n/I18n";
import { JourneyLine } from "../journey/JourneyLine";
import type { Entry } from "../live/reducer";
import classes from "../pages/Home.module.css";

const columns: readonly Key[] = ["home.name", "home.journey", "home.status", "home.revision", "home.changed", "home.link"];

/** AppTable is every application in a row of its own. */
export function AppTable({ entries }: { entries: readonly Entry[] }) {
  const { t } = useWords();
  return (
    <div className={page.tableWrap}>
      <table className={`${page.table ?? ""} ${classes.table ?? ""}`}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {t(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <AppRow key={entry.app.name} entry={entry} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function AppRow({ entry: { app } }: { entry: Entry }) {
  const { t } = useWords();
  const revision = app.delivery?.revision ?? app.liveRevision;
  return (
    <tr>
      <td>
        <Link to={`/apps/${app.name}`} className={classes.name} title={app.name}>
          {app.name}
        </Link>
        {app.owner && <span className={classes.sub}>{entityName(app.owner)}</span>}
      </td>
      <td>
        <JourneyLine phases={app.delivery?.phases ?? []} width={124} />
      </td>
      <td>
        <StatusText status={app.status} />
      </td>
      <td>
        <span className={classes.code} title={revision}>
          {revision ? shortSHA(revision) : "–"}
        </span>
      </td>
      <td className={classes.quiet}>
        <When at={app.delivery?.startedAt ?? app.createdAt} />
      </td>
      <td>
        {app.url && (
          <OutLink href={app.url}>
            <span aria-hidden="true">{t("home.open")}</span>
            <span className="visually-hidden">{t("home.openApp", { name: app.name })}</span>
          </OutLink>
        )}
      </td>
    </tr>
  );
}
