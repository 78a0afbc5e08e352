import { Fragment } from "react";
import { useWords } from "../i18n/I18n";
import { places } from "./keys";
import classes from "./Palette.module.css";

/** KeysList is every shortcut of the keyboard. */
export function KeysList() {
  const { t } = useWords();
  return (
    <>
      <dl className={classes.keys}>
        <dt>{t("keys.palette")}</dt>
        <dd>
          <kbd>Ctrl</kbd> <kbd>K</kbd> {t("keys.or")} <kbd>/</kbd>
        </dd>
        {places.map(({ key, words }) => (
          <Fragment key={key}>
            <dt>{t(words)}</dt>
            <dd>
              <kbd>g</kbd> {t("keys.then")} <kbd>{key}</kbd>
            </dd>
          </Fragment>
        ))}
        <dt>{t("keys.help")}</dt>
        <dd>
          <kbd>?</kbd>
        </dd>
      </dl>
      <p className={classes.note}>{t("keys.note")}</p>
    </>
  );
}
