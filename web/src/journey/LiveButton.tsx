import { Button } from "@mantine/core";
import type { App } from "../api/types";
import { Icon } from "../components/Icon";
import { useWords } from "../i18n/I18n";
import classes from "./LiveButton.module.css";

/**
 * LiveButton leads to the application. It is there only while the application
 * answers, and comes with the total when this delivery brought it live.
 */
export function LiveButton({ app }: { app: App }) {
  const { t, seconds } = useWords();
  if (!app.url || app.status === "deleting") {
    return null;
  }
  const live = app.delivery?.status === "live";
  return (
    <div className={classes.arrival}>
      {live && app.delivery && <span className={classes.total}>{t("app.liveIn", { time: seconds(app.delivery.seconds) })}</span>}
      <Button component="a" href={app.url} target="_blank" rel="noreferrer" size="md" variant={live ? "filled" : "default"} rightSection={<Icon name="out" size={15} />} title={app.url} classNames={{ root: classes.button ?? "", label: classes.label ?? "" }}>
        {t("app.open", { host: app.host })}
      </Button>
    </div>
  );
}
