import { Link } from "react-router";
import { OutLink } from "../components/OutLink";
import { Table, type Column } from "../components/Table";
import table from "../components/Table.module.css";
import { StatusText } from "../components/StatusText";
import { When } from "../components/When";
import { entityName, shortSHA } from "../format/text";
import { useWords } from "../i18n/I18n";
import { JourneyLine } from "../journey/JourneyLine";
import type { Entry } from "../live/reducer";

const columns: readonly Column[] = ["home.name", "home.journey", "home.status", "home.revision", "home.changed", "home.link"];

/** AppTable is every application in a row of its own. */
export function AppTable({ entries }: { entries: readonly Entry[] }) {
  return (
    <Table columns={columns}>
      {entries.map((entry) => (
        <AppRow key={entry.app.name} entry={entry} />
      ))}
    </Table>
  );
}

function AppRow({ entry: { app } }: { entry: Entry }) {
  const { t } = useWords();
  const revision = app.delivery?.revision ?? app.liveRevision;
  return (
    <tr>
      <td>
        <Link to={`/apps/${app.name}`} className={table.name} title={app.name}>
          {app.name}
        </Link>
        {app.owner && <span className={table.sub}>{entityName(app.owner)}</span>}
      </td>
      <td>
        <JourneyLine phases={app.delivery?.phases ?? []} width={124} />
      </td>
      <td>
        <StatusText status={app.status} />
      </td>
      <td>
        <span className={table.code} title={revision}>
          {revision ? shortSHA(revision) : "–"}
        </span>
      </td>
      <td className={table.quiet}>
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
