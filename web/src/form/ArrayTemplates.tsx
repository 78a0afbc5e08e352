import { ActionIcon, Button } from "@mantine/core";
import type { ArrayFieldItemTemplateProps, ArrayFieldTemplateProps, IconButtonProps } from "@rjsf/utils";
import { Icon, type IconName } from "../components/Icon";
import { useWords } from "../i18n/I18n";
import classes from "./Form.module.css";
import { faultShown } from "./shown";

/** ArrayFieldTemplate is a list whose entries are added, moved and taken out. */
export function ArrayFieldTemplate({ title, schema, items, canAdd, disabled, readonly, onAddClick, rawErrors, fieldPathId, registry, uiSchema }: ArrayFieldTemplateProps) {
  const { said } = useWords();
  const fault = faultShown(registry.formContext, fieldPathId.$id, rawErrors);
  return (
    <fieldset className={classes.nested} id={fieldPathId.$id}>
      <legend>{said(title)}</legend>
      {schema.description && <p className={classes.lead}>{said(schema.description)}</p>}
      {items.length > 0 && <div className={classes.items}>{items}</div>}
      {fault && <p className={classes.error}>{fault}</p>}
      {canAdd && <AddButton id={`${fieldPathId.$id}-add`} disabled={(disabled ?? false) || (readonly ?? false)} onClick={onAddClick} registry={registry} uiSchema={uiSchema ?? {}} />}
    </fieldset>
  );
}

/** ArrayFieldItemTemplate is one entry with what one can do to it. */
export function ArrayFieldItemTemplate({ children, buttonsProps, hasToolbar, registry, index }: ArrayFieldItemTemplateProps) {
  const { hasMoveUp, hasMoveDown, hasRemove, disabled, readonly, onMoveUpItem, onMoveDownItem, onRemoveItem, fieldPathId } = buttonsProps;
  const common = (name: string) => ({ id: `${fieldPathId.$id}-${name}-${index}`, registry, disabled: (disabled ?? false) || (readonly ?? false) });
  return (
    <div className={classes.item}>
      <div>{children}</div>
      {hasToolbar && (
        <div className={classes.itemTools}>
          {hasMoveUp && <MoveUpButton {...common("up")} onClick={onMoveUpItem} />}
          {hasMoveDown && <MoveDownButton {...common("down")} onClick={onMoveDownItem} />}
          {hasRemove && <RemoveButton {...common("remove")} onClick={onRemoveItem} />}
        </div>
      )}
    </div>
  );
}

export function AddButton({ id, disabled, onClick }: IconButtonProps) {
  const { t } = useWords();
  return (
    <Button id={id} variant="default" size="compact-sm" leftSection={<Icon name="plus" size={14} />} disabled={disabled ?? false} onClick={onClick}>
      {t("form.add")}
    </Button>
  );
}

export const RemoveButton = (props: IconButtonProps) => <ToolButton {...props} icon="cross" words="form.remove" />;
export const MoveUpButton = (props: IconButtonProps) => <ToolButton {...props} icon="up" words="form.moveUp" />;
export const MoveDownButton = (props: IconButtonProps) => <ToolButton {...props} icon="down" words="form.moveDown" />;
export const NoButton = () => null;

type ToolProps = Pick<IconButtonProps, "id" | "disabled" | "onClick"> & { icon: IconName; words: "form.remove" | "form.moveUp" | "form.moveDown" };

function ToolButton({ id, disabled, onClick, icon, words }: ToolProps) {
  const { t } = useWords();
  return (
    <ActionIcon id={id} variant="subtle" color="gray" c="dimmed" disabled={disabled ?? false} aria-label={t(words)} title={t(words)} onClick={onClick}>
      <Icon name={icon} size={15} />
    </ActionIcon>
  );
}
