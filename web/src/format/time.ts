export type Lang = "en" | "pt";

export const locales: Record<Lang, string> = { en: "en-GB", pt: "pt-BR" };

/** seconds reads as "0.8 s", "12 s", "3 min 05 s". */
export function seconds(value: number, lang: Lang): string {
  if (value >= 100) {
    const whole = Math.round(value);
    return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")} s`;
  }
  const digits = value < 99.95 ? 1 : 0;
  return `${decimal(Math.max(0, value), digits, lang)} s`;
}

function decimal(value: number, digits: number, lang: Lang): string {
  return new Intl.NumberFormat(locales[lang], { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value);
}

const units: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** relative reads as "3 minutes ago"; what just happened is "now". */
export function relative(then: Date, now: Date, lang: Lang): string {
  const gap = (then.getTime() - now.getTime()) / 1000;
  const format = new Intl.RelativeTimeFormat(locales[lang], { numeric: "auto" });
  if (Math.abs(gap) < 5) {
    return format.format(0, "second");
  }
  const [unit, size] = units.find(([, length]) => Math.abs(gap) >= length) ?? ["second", 1];
  return format.format(Math.trunc(gap / size), unit);
}

/** exact is the date and time to the second, with the zone. */
export function exact(then: Date, lang: Lang): string {
  return new Intl.DateTimeFormat(locales[lang], { dateStyle: "medium", timeStyle: "long" }).format(then);
}

/** clock is the time of day to the millisecond, as log lines have it. */
export function clock(then: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${two(then.getHours())}:${two(then.getMinutes())}:${two(then.getSeconds())}.${String(then.getMilliseconds()).padStart(3, "0")}`;
}
