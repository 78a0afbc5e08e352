import { Skeleton } from "@mantine/core";
import { useWords } from "../i18n/I18n";
import classes from "./Form.module.css";

/** FormSkeleton has the shape of a form: title, fields, and what will come to be. */
export function FormSkeleton() {
  const { t } = useWords();
  return (
    <div aria-busy="true" aria-label={t("loading")} role="status">
      <Skeleton height={28} width={240} mb={12} />
      <Skeleton height={16} width="60%" mb={32} />
      <div className={classes.columns}>
        <div>
          {Array.from({ length: 4 }, (_, i) => (
            <div key={i}>
              <Skeleton height={14} width={90} mb={8} />
              <Skeleton height={36} mb={22} />
            </div>
          ))}
          <Skeleton height={36} width={110} mt={12} />
        </div>
        <Skeleton height={260} radius={12} />
      </div>
    </div>
  );
}
