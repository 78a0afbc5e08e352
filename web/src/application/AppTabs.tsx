import { useEffect, useRef, type KeyboardEvent } from "react";
import { NavLink, useLocation } from "react-router";
import { useWords } from "../i18n/I18n";
import classes from "./AppTabs.module.css";

const tabs = ["journey", "versions", "runs", "resources", "logs", "metrics", "files", "settings"] as const;

/** AppTabs leads to the sections of an application's page; the arrow keys go along them. */
export function AppTabs({ name }: { name: string }) {
  const { t } = useWords();
  const list = useRef<HTMLUListElement>(null);
  const { pathname } = useLocation();
  useEffect(() => {
    const current = list.current?.querySelector<HTMLElement>("[aria-current]");
    if (list.current && current) list.current.scrollLeft = current.offsetLeft - (list.current.clientWidth - current.clientWidth) / 2;
  }, [pathname]);
  const base = `/apps/${name}`;
  return (
    <nav className={classes.nav} aria-label={t("app.sections", { name })}>
      <ul ref={list} className={classes.tabs} onKeyDown={along}>
        {tabs.map((tab) => {
          const here = tab === "journey" && pathname.startsWith(`${base}/deliveries/`);
          return (
            <li key={tab}>
              <NavLink to={tab === "journey" ? base : `${base}/${tab}`} end={tab === "journey"} className={classes.tab ?? ""} preventScrollReset {...(here ? { "aria-current": "page" } : {})}>
                {t(`tab.${tab}`)}
              </NavLink>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

/** along moves the focus with the arrow keys, Home and End. */
function along(event: KeyboardEvent<HTMLUListElement>): void {
  const links = [...event.currentTarget.querySelectorAll("a")];
  const at = links.findIndex((link) => link === document.activeElement);
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: links.length - 1 }[event.key];
  if (to === undefined || at < 0) return;
  event.preventDefault();
  links[(to + links.length) % links.length]?.focus();
}
