import { Button } from "@mantine/core";
import { useWords } from "../i18n/I18n";

/** LanguageToggle offers the other language, in that language's own words. */
export function LanguageToggle() {
  const { lang, setLang } = useWords();
  const other = lang === "en" ? "pt" : "en";
  return (
    <Button variant="subtle" color="gray" size="compact-sm" c="dimmed" lang={other === "pt" ? "pt-BR" : "en"} onClick={() => setLang(other)}>
      {other === "pt" ? "Português" : "English"}
    </Button>
  );
}
