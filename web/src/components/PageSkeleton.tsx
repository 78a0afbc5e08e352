import { Skeleton } from "@mantine/core";
import { useWords } from "../i18n/I18n";

/** PageSkeleton has the shape of a page before it is known. */
export function PageSkeleton({ rows = 5 }: { rows?: number }) {
  const { t } = useWords();
  return (
    <div aria-busy="true" aria-label={t("loading")} role="status">
      <Skeleton height={28} width={220} mb={28} />
      <RowsSkeleton rows={rows} />
    </div>
  );
}

/** RowsSkeleton is rows of something before it is known. */
export function RowsSkeleton({ rows = 5 }: { rows?: number }) {
  return (
    <div aria-busy="true">
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={18} mb={20} width={`${96 - ((row * 17) % 30)}%`} />
      ))}
    </div>
  );
}
