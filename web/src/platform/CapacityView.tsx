import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { Capacity } from "../api/types";
import { useFetched } from "../api/useFetched";
import { Failure } from "../components/Failure";
import page from "../components/Page.module.css";
import { RowsSkeleton } from "../components/PageSkeleton";
import { gib, number } from "../format/figures";
import { useWords } from "../i18n/I18n";
import classes from "./Platform.module.css";
import { roomOf, shareOf, type Amount } from "./scale";

/** CapacityView is what the nodes have and how much is taken, as bars with words. */
export function CapacityView() {
  const { t, lang } = useWords();
  const { data, problem, again } = useFetched(() => unwrap(api.GET("/api/pronto/v1/capacity")), []);
  return (
    <section className={page.section} aria-labelledby="capacity">
      <h2 id="capacity">{t("capacity.title")}</h2>
      <p className={classes.lead}>{t("capacity.lead")}</p>
      {problem && <Failure problem={problem} again={again} />}
      {!data && !problem && <RowsSkeleton rows={3} />}
      {data && (
        <div className={classes.nodes}>
          {data.nodes.map((node) => (
            <Node key={node.name} node={node} />
          ))}
        </div>
      )}
      {data?.quota && data.quota.limit > 0 && <Bar label={t("capacity.quota")} amount={{ allocatable: data.quota.limit, requested: data.quota.used }} say={(value) => number(value, lang, 0)} />}
    </section>
  );
}

function Node({ node }: { node: Capacity["nodes"][number] }) {
  const { t, lang } = useWords();
  return (
    <div className={classes.node}>
      <h3 title={node.name}>
        {node.name} <span>{node.architecture}</span>
      </h3>
      {!node.ready && <p className={classes.bad}>{t("capacity.notReady")}</p>}
      <Bar label={t("capacity.cpu")} amount={node.cpu} say={(value) => t("capacity.cores", { count: number(value, lang) })} />
      <Bar label={t("capacity.memory")} amount={node.memory} say={(value) => gib(value, lang)} />
      <Bar label={t("capacity.pods")} amount={node.pods} say={(value) => number(value, lang, 0)} />
    </div>
  );
}

function Bar({ label, amount, say }: { label: string; amount: Amount; say: (value: number) => string }) {
  const { t } = useWords();
  const room = roomOf(amount);
  return (
    <div className={classes.bar} data-room={room}>
      <span>{label}</span>
      <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false">
        <rect className={classes.track} width="100" height="8" />
        <rect className={classes.taken} width={shareOf(amount) * 100} height="8" />
      </svg>
      <span className={classes.below}>
        {t("capacity.of", { used: say(amount.requested), all: say(amount.allocatable) })} · {t(`capacity.${room}`)}
      </span>
    </div>
  );
}
