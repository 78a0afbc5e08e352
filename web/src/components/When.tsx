import { exact, relative } from "../format/time";
import { useWords } from "../i18n/I18n";
import { useMinutes } from "./clock";

/** When is a time as one says it, with the exact one on hover. */
export function When({ at }: { at: string }) {
  const { lang } = useWords();
  const now = useMinutes();
  const then = new Date(at);
  return (
    <time dateTime={at} title={exact(then, lang)}>
      {relative(then, now, lang)}
    </time>
  );
}
