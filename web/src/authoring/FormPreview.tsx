import { useMemo } from "react";
import { api } from "../api/client";
import { unwrap } from "../api/problem";
import type { FormErrors, TemplateForm } from "../api/types";
import { useFetched } from "../api/useFetched";
import { FillForm } from "../form/FillForm";
import { readFlags } from "../form/flags";
import { labelsOf } from "../form/labels";
import { formOf, type Values } from "../form/schema";
import { parted } from "../form/secrets";
import { useFilling } from "../form/useFilling";
import { errorSchemaOf } from "../form/validator";
import { useWords } from "../i18n/I18n";

type Props = { offered: TemplateForm; refused: FormErrors["errors"]; busy: boolean; onRun: (values: Values, secrets: Record<string, string>) => void };

/** FormPreview is the form of a template that is being written; its last button is the dry run. */
export function FormPreview({ offered, refused, busy, onRun }: Props) {
  const { t, saying } = useWords();
  const platform = useFetched(() => unwrap(api.GET("/api/pronto/v1/platform")), []).data;
  const form = useMemo(() => formOf(offered, { architectures: platform?.architectures ?? [], flags: readFlags() }), [offered, platform]);
  const filling = useFilling("preview", form);
  const forge = platform && { host: new URL(platform.urls.forge).host, owner: platform.organization };
  const labels = { ...labelsOf(offered.presentation, { back: t("create.back"), review: t("create.review"), create: "" }), create: t("author.run") };
  const send = () => {
    const { values, secrets } = parted(filling.values, form.secrets);
    onRun(values, secrets);
  };
  return <FillForm form={form} filling={filling} forge={forge} labels={labels} errors={errorSchemaOf(refused, saying)} blocking={false} busy={busy} onSubmit={send} />;
}
