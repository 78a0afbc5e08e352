import { useMemo, useState } from "react";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { FormErrors, TemplateForm } from "../api/types";
import { useFetched } from "../api/useFetched";
import { FillForm } from "../form/FillForm";
import { readFlags } from "../form/flags";
import classes from "../form/Form.module.css";
import { labelsOf } from "../form/labels";
import { formOf, pageWith, type Values } from "../form/schema";
import { parted } from "../form/secrets";
import { useFilling } from "../form/useFilling";
import { errorSchemaOf } from "../form/validator";
import { useWords } from "../i18n/I18n";

type Props = { offered: TemplateForm; busy: boolean; onRun: (values: Values, secrets: Record<string, string>) => Promise<Refused> };

type Refused = FormErrors["errors"];

/** FormPreview is the form of a template that is being written; its last button is the dry run. */
export function FormPreview({ offered, busy, onRun }: Props) {
  const { t, saying } = useWords();
  const platform = useFetched(() => unwrap(api.GET("/api/pronto/v1/platform")), []).data;
  const form = useMemo(() => formOf(offered, { architectures: platform?.architectures ?? [], flags: readFlags() }), [offered, platform]);
  const filling = useFilling("preview", form);
  const forge = platform && { host: new URL(platform.urls.forge).host, owner: platform.organization };
  const labels = { ...labelsOf(offered.presentation, { back: t("create.back"), review: t("create.review"), create: "" }), create: t("author.run") };
  const now = JSON.stringify(filling.values);
  const [refusal, setRefusal] = useState<{ at: string; errors: Refused }>();
  const refused = refusal?.at === now ? refusal.errors : [];
  const send = async () => {
    const { values, secrets } = parted(filling.values, form.secrets);
    const [first, ...others] = await onRun(values, secrets);
    if (!first) return;
    setRefusal({ at: now, errors: [first, ...others] });
    filling.setPage(pageWith(form, first.path[0] ?? ""));
  };
  return (
    <>
      {refused.length > 0 && (
        <p className={classes.refused} role="alert">
          {t("create.refused")}
        </p>
      )}
      <FillForm form={form} filling={filling} forge={forge} labels={labels} errors={errorSchemaOf(refused, saying)} blocking={false} busy={busy} onSubmit={() => void send()} />
    </>
  );
}
