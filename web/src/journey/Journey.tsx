import type { Delivery, PhaseName } from "../api/types";
import { useWords } from "../i18n/I18n";
import classes from "./Journey.module.css";
import { travelled } from "./JourneyLine";
import { Stop } from "./Stop";

type Props = {
  delivery: Delivery;
  /** When (ms, the page's clock) the delivery was told of; undefined holds it still. */
  at: number | undefined;
  open: PhaseName | undefined;
  onOpen: (phase: PhaseName) => void;
};

/** Journey is the five stations of one delivery; each opens what is behind it. */
export function Journey({ delivery, at, open, onOpen }: Props) {
  const { t } = useWords();
  return (
    <ol className={classes.journey} aria-label={t("app.journey")}>
      {delivery.phases.map((phase, i) => {
        const next = delivery.phases[i + 1];
        return (
          <Stop
            key={phase.name}
            phase={phase}
            at={at}
            ahead={next ? (travelled(phase.status, next.status) ? "travelled" : "waiting") : "none"}
            open={open === phase.name}
            onOpen={onOpen}
          />
        );
      })}
    </ol>
  );
}
