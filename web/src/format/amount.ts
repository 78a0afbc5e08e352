import type { Lang } from "./time";

const locales: Record<Lang, string> = { en: "en-GB", pt: "pt-BR" };
const scales = ["B", "KiB", "MiB", "GiB", "TiB"] as const;

const number = (value: number, digits: number, lang: Lang) => new Intl.NumberFormat(locales[lang], { maximumFractionDigits: digits }).format(value);

/** cores reads as "3 m" (thousandths) or "1.5". */
export function cores(value: number, lang: Lang): string {
  return value < 1 ? `${number(value * 1000, value < 0.001 ? 1 : 0, lang)} m` : number(value, 2, lang);
}

/** bytes reads as "48 MiB". */
export function bytes(value: number, lang: Lang): string {
  const scale = Math.min(scales.length - 1, value < 1 ? 0 : Math.floor(Math.log2(value) / 10));
  const scaled = value / 2 ** (10 * scale);
  return `${number(scaled, scaled < 10 && scale > 0 ? 1 : 0, lang)} ${scales[scale] ?? ""}`;
}
