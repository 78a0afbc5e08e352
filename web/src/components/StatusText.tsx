import type { AppStatus, DeliveryStatus } from "../api/types";
import { useWords } from "../i18n/I18n";
import classes from "./StatusText.module.css";

/** StatusText says how an application or a delivery stands. */
export function StatusText({ status }: { status: AppStatus | DeliveryStatus }) {
  const { t } = useWords();
  return (
    <span className={classes.status} data-status={status}>
      {t(`status.${status}`)}
    </span>
  );
}
