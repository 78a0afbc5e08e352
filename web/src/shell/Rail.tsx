import { Link, NavLink } from "react-router";
import { Icon, type IconName } from "../components/Icon";
import { Logo } from "../components/Logo";
import type { Key } from "../i18n/translate";
import { useWords } from "../i18n/I18n";
import classes from "./Rail.module.css";

const places: readonly { to: string; words: Key; icon: IconName }[] = [
  { to: "/", words: "nav.home", icon: "home" },
  { to: "/create", words: "nav.create", icon: "plus" },
  { to: "/catalog", words: "nav.catalog", icon: "catalog" },
  { to: "/platform", words: "nav.platform", icon: "platform" },
  { to: "/help", words: "nav.help", icon: "help" },
];

/** Rail is the navigation: at the left, or at the bottom of a phone. */
export function Rail() {
  const { t } = useWords();
  return (
    <nav className={classes.rail} aria-label={t("nav.label")}>
      <Link to="/" className={classes.logo}>
        <Logo />
        <span>Pronto</span>
      </Link>
        <ul className={classes.list}>
          {places.map(({ to, words, icon }) => (
            <li key={to}>
              <NavLink to={to} end={to === "/"} className={classes.link ?? ""}>
                <Icon name={icon} />
                <span>{t(words)}</span>
              </NavLink>
            </li>
          ))}
        </ul>
    </nav>
  );
}
