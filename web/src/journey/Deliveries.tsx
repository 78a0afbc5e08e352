import { Link } from "react-router";
import type { Problem } from "../api/problem";
import type { Delivery } from "../api/types";
import { Failure } from "../components/Failure";
import page from "../components/Page.module.css";
import { StatusText } from "../components/StatusText";
import { Table, type Column } from "../components/Table";
import table from "../components/Table.module.css";
import { When } from "../components/When";
import { shortSHA } from "../format/text";
import { useWords } from "../i18n/I18n";
import { Begun } from "./Begun";
import { JourneyLine } from "./JourneyLine";

const columns: readonly Column[] = ["app.revision", "home.journey", "home.status", "app.message", "app.duration", "app.when"];

type Props = {
  app: string;
  deliveries: readonly Delivery[];
  shown: string | undefined;
  problem: Problem | undefined;
  again: () => void;
};

/** Deliveries is the application's history, newest first; each row leads to its journey. */
export function Deliveries({ app, deliveries, shown, problem, again }: Props) {
  const { t, seconds } = useWords();
  return (
    <section className={page.section} aria-labelledby="history">
      <h2 id="history">{t("app.history")}</h2>
      {problem && <Failure problem={problem} again={again} />}
      <Table columns={columns}>
        {deliveries.map((delivery, i) => (
          <tr key={delivery.id} className={delivery.id === shown && deliveries.length > 1 ? table.chosen : undefined}>
            <td>
              <DeliveryLink app={app} delivery={delivery} latest={i === 0} />
            </td>
            <td>
              <JourneyLine phases={delivery.phases} width={108} />
            </td>
            <td>
              <StatusText status={delivery.status} />
            </td>
            <td className={table.wide}>
              <span className={page.cut} title={delivery.message}>
                <Begun delivery={delivery} /> {delivery.message}
              </span>
            </td>
            <td className={table.quiet}>{delivery.status === "in_progress" ? "–" : seconds(delivery.seconds)}</td>
            <td className={table.quiet}>
              <When at={delivery.startedAt} />
            </td>
          </tr>
        ))}
      </Table>
      {deliveries.length === 1 && !problem && <p className={table.sub}>{t("app.deliveriesEmpty")}</p>}
    </section>
  );
}

function DeliveryLink({ app, delivery, latest }: { app: string; delivery: Delivery; latest: boolean }) {
  const { t } = useWords();
  const revision = delivery.revision ? shortSHA(delivery.revision) : delivery.id.slice(0, 7);
  return (
    <Link to={latest ? `/apps/${app}` : `/apps/${app}/deliveries/${delivery.id}`} preventScrollReset={latest} className={table.code} aria-label={t("app.showDelivery", { revision })}>
      {revision}
    </Link>
  );
}
