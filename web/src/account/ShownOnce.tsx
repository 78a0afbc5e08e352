import { Button } from "@mantine/core";
import type { CreatedToken } from "../api/types";
import { CopyText } from "../components/CopyText";
import { useWords } from "../i18n/I18n";
import classes from "./Account.module.css";

/** ShownOnce is a new token's value, the only time it is there to see. */
export function ShownOnce({ token, onDone }: { token: CreatedToken; onDone: () => void }) {
  const { t } = useWords();
  return (
    <div className={classes.once} role="status">
      <p>
        <strong>{token.name}</strong>: {t("token.made")}
      </p>
      <p>
        <CopyText text={token.token} what={t("token.value")} />
      </p>
      <Button size="xs" onClick={onDone}>
        {t("token.done")}
      </Button>
    </div>
  );
}
