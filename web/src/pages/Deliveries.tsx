import type { Problem } from "../api/problem";
import type { Delivery } from "../api/types";
import { Failure } from "../components/Failure";
import page from "../components/Page.module.css";
import { StatusText } from "../components/StatusText";
import { When } from "../components/When";
import { shortSHA } from "../format/text";
import { useWords } from "../i18n/I18n";
import { JourneyLine } from "../journey/JourneyLine";
import classes from "./Application.module.css";
import home from "./Home.module.css";

type Props = {
  deliveries: readonly Delivery[];
  shown: string | undefined;
  problem: Problem | undefined;
  again: () => void;
  onChoose: (id: string) => void;
};

/** Deliveries is the application's history, newest first. */
export function Deliveries({ deliveries, shown, problem, again, onChoose }: Props) {
  const { t, seconds } = useWords();
  return (
    <>
      {problem && <Failure problem={problem} again={again} />}
      <div className={page.tableWrap}>
        <table className={`${page.table ?? ""} ${home.table ?? ""}`}>
          <thead>
            <tr>
              <th scope="col">{t("app.revision")}</th>
              <th scope="col">{t("home.journey")}</th>
              <th scope="col">{t("home.status")}</th>
              <th scope="col">{t("app.message")}</th>
              <th scope="col">{t("app.duration")}</th>
              <th scope="col">{t("app.when")}</th>
            </tr>
          </thead>
          <tbody>
            {deliveries.map((delivery) => {
              const revision = delivery.revision ? shortSHA(delivery.revision) : delivery.id.slice(0, 7);
              return (
                <tr key={delivery.id} className={delivery.id === shown && deliveries.length > 1 ? classes.chosen : undefined}>
                  <td>
                    <button type="button" className={classes.show} aria-label={t("app.showDelivery", { revision })} onClick={() => onChoose(delivery.id)}>
                      {revision}
                    </button>
                  </td>
                  <td>
                    <JourneyLine phases={delivery.phases} width={108} />
                  </td>
                  <td>
                    <StatusText status={delivery.status} />
                  </td>
                  <td className={page.wide}>
                    <span className={page.cut} title={delivery.message}>
                      {delivery.message}
                    </span>
                  </td>
                  <td className={home.quiet}>{delivery.status === "in_progress" ? "–" : seconds(delivery.seconds)}</td>
                  <td className={home.quiet}>
                    <When at={delivery.startedAt} />
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {deliveries.length === 1 && <p className={home.sub}>{t("app.deliveriesEmpty")}</p>}
    </>
  );
}
