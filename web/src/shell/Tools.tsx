import { useMe } from "./MeContext";
import { AccountMenu } from "./AccountMenu";
import { LanguageToggle } from "./LanguageToggle";
import { ThemeMenu } from "./ThemeMenu";
import classes from "./Tools.module.css";

/** Tools are language, colours and account. */
export function Tools() {
  const me = useMe();
  return (
    <div className={classes.tools}>
      <LanguageToggle />
      <ThemeMenu />
      <AccountMenu me={me} />
    </div>
  );
}
