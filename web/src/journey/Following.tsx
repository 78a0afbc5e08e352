import type { Delivery } from "../api/types";
import { shortSHA } from "../format/text";
import { useWords } from "../i18n/I18n";
import classes from "./Following.module.css";
import { JourneyLine } from "./JourneyLine";

type Props = { revision: string | undefined; delivery: Delivery | undefined; deliveries: readonly Delivery[] };

/** Following is the moment between a commit made here and the first word of its delivery. */
export function Following({ revision, delivery, deliveries }: Props) {
  const { t } = useWords();
  const begun = delivery?.revision === revision || deliveries.some((each) => each.revision === revision);
  return (
    <div role="status">
      {revision !== undefined && !begun && (
        <p className={classes.following}>
          <JourneyLine width={124} />
          <span>{t("app.following", { revision: shortSHA(revision) })}</span>
        </p>
      )}
    </div>
  );
}
