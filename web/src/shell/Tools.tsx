import { Keyboard } from "../palette/Keyboard";
import { useMe } from "./MeContext";
import { AccountMenu } from "./AccountMenu";
import { LanguageToggle } from "./LanguageToggle";
import { ThemeMenu } from "./ThemeMenu";
import classes from "./Tools.module.css";

/** Tools are search, language, colours and account. */
export function Tools() {
  const me = useMe();
  return (
    <div className={classes.tools}>
      <Keyboard />
      <span className={classes.gap} />
      <LanguageToggle />
      <ThemeMenu />
      <AccountMenu me={me} />
    </div>
  );
}
