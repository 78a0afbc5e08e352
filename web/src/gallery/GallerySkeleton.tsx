import { Skeleton } from "@mantine/core";
import { useWords } from "../i18n/I18n";
import classes from "./Gallery.module.css";

/** GallerySkeleton has the shape of the cards. */
export function GallerySkeleton() {
  const { t } = useWords();
  return (
    <div className={classes.cards} role="status" aria-busy="true" aria-label={t("loading")}>
      {Array.from({ length: 4 }, (_, i) => (
        <Skeleton key={i} height={184} radius={12} />
      ))}
    </div>
  );
}
