import type { RegistryFieldsType, RegistryWidgetsType } from "@rjsf/utils";
import { EntityNamePicker } from "../pickers/EntityNamePicker";
import { EntityPicker } from "../pickers/EntityPicker";
import { EntityTagsPicker } from "../pickers/EntityTagsPicker";
import { MultiEntityPicker } from "../pickers/MultiEntityPicker";
import { RepoUrlPicker } from "../pickers/RepoUrlPicker";
import { CheckboxesWidget, CheckboxWidget, RadioWidget, SelectWidget } from "./ChoiceWidgets";
import { ColorWidget, DateTimeWidget, DateWidget, EmailWidget, RangeWidget, SecretWidget, TextareaWidget, TextWidget, TimeWidget, UpDownWidget, URLWidget } from "./TextWidgets";
import { UnknownField } from "./UnknownField";

/** widgets are the inputs; names are rjsf's and, for the pickers, Backstage's. */
export const widgets: RegistryWidgetsType = {
  TextWidget,
  TextareaWidget,
  SecretWidget,
  PasswordWidget: SecretWidget,
  UpDownWidget,
  RangeWidget,
  EmailWidget,
  URLWidget,
  DateWidget,
  AltDateWidget: DateWidget,
  DateTimeWidget,
  AltDateTimeWidget: DateTimeWidget,
  TimeWidget,
  ColorWidget,
  CheckboxWidget,
  CheckboxesWidget,
  SelectWidget,
  RadioWidget,
  EntityPicker,
  EntityNamePicker,
  EntityTagsPicker,
  MultiEntityPicker,
  RepoUrlPicker,
};

/** fields are what is drawn instead of a whole field. */
export const fields: RegistryFieldsType = { UnknownField };
