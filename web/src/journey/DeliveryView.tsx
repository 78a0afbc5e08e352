import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { Link, useSearchParams } from "react-router";
import type { App, Delivery, PhaseName } from "../api/types";
import { Icon } from "../components/Icon";
import page from "../components/Page.module.css";
import { useWords } from "../i18n/I18n";
import { Behind } from "./Behind";
import { decidingPhase } from "./cause";
import classes from "./DeliveryView.module.css";
import { Journey } from "./Journey";
import { Matters } from "./Matters";
import { Sentence } from "./Sentence";
import { frameAt, lengthOf, momentsOf, replayable } from "./timeline";
import { useSteps } from "./useSteps";
import { Waterfall } from "./Waterfall";

const Replay = lazy(() => import("../replay/Replay"));

type Props = { app: App; delivery: Delivery; at: number; earlier: boolean };

/** DeliveryView is one delivery's journey: the line, one sentence, what decided it, where the time went. */
export function DeliveryView({ app, delivery, at, earlier }: Props) {
  const { t } = useWords();
  const steps = useSteps(delivery, at);
  const [search, setSearch] = useSearchParams();
  const [position, setPosition] = useState(0);
  const [chosen, setChosen] = useState<PhaseName>();
  const replaying = search.has("replay") && replayable(delivery);
  const shown = replaying ? frameAt(delivery, position, steps) : delivery;
  const deciding = decidingPhase(shown);
  const length = lengthOf(delivery);
  const replay = (on: boolean) => {
    setPosition(0);
    setSearch(on ? { replay: "" } : {}, { replace: true, preventScrollReset: true });
  };
  return (
    <section className={page.section} aria-label={t("app.journey")}>
      {earlier && (
        <p className={classes.earlier}>
          {t("app.earlier")}{" "}
          <Link to={`/apps/${app.name}`} preventScrollReset>
            {t("app.latest")}
          </Link>
        </p>
      )}
      <div className={classes.line}>
        <Journey delivery={shown} at={replaying ? undefined : at} open={chosen} onOpen={(name) => setChosen(name === chosen ? undefined : name)} />
        <Sentence app={app} delivery={shown} at={replaying ? undefined : at} earlier={earlier}>
          {replayable(delivery) && !replaying && (
            <Button className={classes.replay ?? ""} variant="default" size="compact-sm" leftSection={<Icon name="play" size={13} />} onClick={() => replay(true)}>
              {t("replay.open")}
            </Button>
          )}
        </Sentence>
        {replaying && (
          <Suspense>
            <Replay length={length} moments={momentsOf(delivery, steps)} began={delivery.startedAt} position={position} onPosition={setPosition} onClose={() => replay(false)} />
          </Suspense>
        )}
      </div>
      {deciding && <Matters phase={deciding} onWhole={() => setChosen(deciding.name)} />}
      {chosen && <Behind app={app} delivery={delivery} at={at} phase={chosen} onClose={() => setChosen(undefined)} />}
      <Waterfall delivery={delivery} steps={steps} at={at} {...(replaying ? { cursor: Math.min(1, position / length) } : {})} />
    </section>
  );
}
