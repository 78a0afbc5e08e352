import { locales, type Lang } from "./time";

/** number is a number with at most so many decimals. */
export function number(value: number, lang: Lang, digits = 1): string {
  return new Intl.NumberFormat(locales[lang], { maximumFractionDigits: digits }).format(value);
}

/** percent is a share of 1. */
export function percent(value: number, lang: Lang): string {
  return new Intl.NumberFormat(locales[lang], { style: "percent", maximumFractionDigits: 1 }).format(value);
}

/** gib is bytes in GiB. */
export function gib(bytes: number, lang: Lang): string {
  return `${number(bytes / 1024 ** 3, lang)} GiB`;
}

/** duration is seconds as one says them: 6.4 s, 5 min 12 s, 3 h, 2 d. */
export function duration(seconds: number, lang: Lang): string {
  if (seconds < 100) return `${number(seconds, lang)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${number(seconds / 3_600, lang)} h` : `${number(seconds / 86_400, lang)} d`;
}

/** megabytes is bytes in MB. */
export function megabytes(bytes: number, lang: Lang): string {
  return `${number(bytes / 1e6, lang)} MB`;
}
