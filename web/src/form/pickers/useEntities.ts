import { api } from "../../api/client";
import { unwrap } from "../../api/problem";
import type { Entity } from "../../api/types";
import { useFetched, type Fetched } from "../../api/useFetched";

/** useEntities is the catalog's entities that one of the filters lets through. */
export function useEntities(filter: readonly string[]): Fetched<Entity[]> {
  return useFetched(() => unwrap(api.GET("/api/catalog/entities", { params: { query: { filter: [...filter] } } })), [filter.join("|")]);
}
