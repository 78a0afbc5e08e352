import { useMemo } from "react";
import { useWords } from "../i18n/I18n";
import { faultText } from "./messages";
import { FormValidator } from "./validator";

/** useValidator checks values, and says what to mend in the reader's language. */
export function useValidator(): FormValidator {
  const { t, said } = useWords();
  return useMemo(
    () =>
      new FormValidator((fault) => {
        const [key, values] = faultText(fault);
        return t(key, typeof values.hint === "string" ? { ...values, hint: said(values.hint) } : values);
      }),
    [t, said],
  );
}
