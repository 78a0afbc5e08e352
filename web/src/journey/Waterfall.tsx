import { Button } from "@mantine/core";
import type { Delivery } from "../api/types";
import { useTicking } from "../components/clock";
import { Icon } from "../components/Icon";
import { useWords } from "../i18n/I18n";
import type { Step } from "./timeline";
import { geometry, type Row } from "./waterfall";
import classes from "./Waterfall.module.css";
import { WaterfallBar } from "./WaterfallBar";

type Props = { delivery: Delivery; steps: readonly Step[]; at: number; /** Where a replay stands, as a share of the time. */ cursor?: number };

/** Waterfall is a delivery's phases, and the steps inside them, in proportion to real time; the picture has all that was recorded. */
export function Waterfall({ delivery, steps, at, cursor }: Props) {
  const { t, seconds } = useWords();
  const ran = useTicking(at, delivery.status === "in_progress");
  const { rows, ticks } = geometry(delivery, steps, ran);
  if (rows.every(({ bar }) => !bar)) {
    return null;
  }
  return (
    <section className={classes.waterfall} aria-labelledby="waterfall">
      <header className={classes.head}>
        <h2 id="waterfall">{t("journey.waterfall")}</h2>
        <Button component="a" href={`/api/pronto/v1/apps/${delivery.app}/deliveries/${delivery.id}/timeline.svg`} target="_blank" rel="noreferrer" variant="default" size="compact-sm" rightSection={<Icon name="out" size={13} />}>
          {t("journey.picture")}
        </Button>
      </header>
      <div className={classes.chart}>
        <div className={classes.axis} aria-hidden="true">
          {ticks.map((tick) => (
            <span key={tick.seconds} style={{ left: `${tick.at * 100}%` }}>
              {seconds(tick.seconds).replace(/[.,]0 /, " ")}
            </span>
          ))}
        </div>
        <ol className={classes.rows}>
          {rows.map((row) => (
            <PhaseRow key={row.name} row={row} />
          ))}
        </ol>
        {cursor !== undefined && (
          <div className={classes.over} aria-hidden="true">
            <span style={{ left: `${cursor * 100}%` }} />
          </div>
        )}
      </div>
    </section>
  );
}

function PhaseRow({ row }: { row: Row }) {
  const { t, said, seconds } = useWords();
  return (
    <li>
      <div className={classes.row} data-status={row.status}>
        <span className={classes.name}>{t(`phase.${row.name}`)}</span>
        <WaterfallBar bar={row.bar} status={row.status} usual={row.usual} />
        <span className={classes.took}>{row.bar ? seconds(row.seconds) : t(row.status === "skipped" ? "phaseStatus.skipped" : "journey.notReached")}</span>
      </div>
      {row.steps.length > 0 && (
        <ol className={classes.steps} aria-label={t("journey.steps")}>
          {row.steps.map((step, i) => (
            <li key={i} className={classes.row} data-status={step.status}>
              <span className={classes.step} title={said(step.name)}>
                {said(step.name)}
              </span>
              <WaterfallBar bar={step} status={step.status} thin />
              <span className={classes.took}>{seconds(step.seconds)}</span>
            </li>
          ))}
        </ol>
      )}
    </li>
  );
}
