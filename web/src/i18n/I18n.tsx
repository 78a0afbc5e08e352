import { createContext, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { sentence } from "../format/text";
import { seconds } from "../format/time";
import { preferred, translate, type Key, type Lang, type Values } from "./translate";
import { serverText } from "./server";

type Words = {
  lang: Lang;
  setLang: (lang: Lang) => void;
  t: (key: Key, values?: Values) => string;
  /** What the platform says, in this language as far as it is known. */
  said: (text: string) => string;
  /** The same as a sentence: capital, stop. */
  saying: (text: string) => string;
  seconds: (value: number) => string;
};

const remembered = "pronto.language";
const Context = createContext<Words | undefined>(undefined);

function first(): Lang {
  const kept = localStorage.getItem(remembered);
  return kept === "en" || kept === "pt" ? kept : preferred(navigator.languages);
}

export function I18n({ children }: { children: ReactNode }) {
  const [lang, setLang] = useState<Lang>(first);
  useEffect(() => {
    document.documentElement.lang = lang === "pt" ? "pt-BR" : "en";
  }, [lang]);
  const words = useMemo<Words>(
    () => ({
      lang,
      setLang: (chosen) => {
        localStorage.setItem(remembered, chosen);
        setLang(chosen);
      },
      t: (key, values) => translate(lang, key, values),
      said: (text) => serverText(lang, text),
      saying: (text) => sentence(serverText(lang, text)),
      seconds: (value) => seconds(value, lang),
    }),
    [lang],
  );
  return <Context value={words}>{children}</Context>;
}

export function useWords(): Words {
  const words = useContext(Context);
  if (!words) {
    throw new Error("useWords is used outside of I18n");
  }
  return words;
}
