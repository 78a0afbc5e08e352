import { useLocation, useParams } from "react-router";
import { useEntry } from "../application/useEntry";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { Delivery } from "../api/types";
import { useFetched } from "../api/useFetched";
import { Empty } from "../components/Empty";
import page from "../components/Page.module.css";
import { useWords } from "../i18n/I18n";
import { Deliveries } from "./Deliveries";
import { DeliveryView } from "./DeliveryView";
import { Following } from "./Following";

const kept = 200; // deliveries that are asked for, as many as the API gives

/** JourneyTab is the latest delivery's journey, or an earlier one's, and the history. */
export function JourneyTab() {
  const { t } = useWords();
  const { app, at } = useEntry();
  const { id } = useParams();
  const { state } = useLocation() as { state: { follow?: string } | null };
  const latest = app.delivery;
  const past = useFetched(() => unwrap(api.GET("/api/pronto/v1/apps/{name}/deliveries", { params: { path: { name: app.name }, query: { limit: kept } } })), [app.name, latest?.id, latest?.status]);
  const deliveries = withLatest(past.data?.deliveries ?? [], latest);
  const shown = id === undefined ? latest : deliveries.find((delivery) => delivery.id === id);
  const missing = id !== undefined && !shown && past.data !== undefined;
  return (
    <>
      {id === undefined && <Following revision={state?.follow} delivery={latest} deliveries={deliveries} />}
      {shown && <DeliveryView key={shown.id} app={app} delivery={shown} at={at} earlier={shown.id !== latest?.id} />}
      {missing && (
        <div className={page.section}>
          <Empty title={t("app.noDelivery")} text={t("app.noDeliveryText")} />
        </div>
      )}
      {!latest && <Empty title={t("app.none")} text={t("app.noneText")} />}
      {latest && <Deliveries app={app.name} deliveries={deliveries} shown={shown?.id} problem={past.problem} again={past.again} />}
    </>
  );
}

/** The stream knows the latest delivery better than the list that was asked for. */
function withLatest(list: readonly Delivery[], latest: Delivery | undefined): Delivery[] {
  if (!latest) return [...list];
  return [latest, ...list.filter(({ id }) => id !== latest.id)];
}
