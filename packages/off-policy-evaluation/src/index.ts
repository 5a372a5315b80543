export { columnMeans, estimateValue, influenceValues, type EstimatorTerms } from "./terms.ts";
