import { Button } from "@mantine/core";
import { useLocation } from "react-router";
import { Logo } from "../components/Logo";
import { useWords } from "../i18n/I18n";
import { usePageTitle } from "../components/usePageTitle";
import { LanguageToggle } from "./LanguageToggle";
import classes from "./SignIn.module.css";
import { ThemeMenu } from "./ThemeMenu";

/** SignIn leads to the identity provider and back to where one wanted to be. */
export function SignIn() {
  const { t } = useWords();
  const here = useLocation();
  usePageTitle(t("signin.button"));
  const back = encodeURIComponent(here.pathname + here.search);
  return (
    <div className={classes.page}>
      <header className={classes.top}>
        <LanguageToggle />
        <ThemeMenu />
      </header>
      <main className={classes.panel}>
        <Logo large />
        <h1>{t("signin.title")}</h1>
        <p>{t("signin.text")}</p>
        <Button component="a" href={`/auth/login?return=${back}`} size="md">
          {t("signin.button")}
        </Button>
      </main>
    </div>
  );
}
