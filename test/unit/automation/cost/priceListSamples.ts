/** A product of the price list with its terms, as GetProducts gives it: JSON text (AWS Price List API, aws_v1). */
export function priceListProduct(
  usagetype: string,
  tiers: readonly { usd: string; beginRange?: string; endRange?: string; unit?: string }[],
  attributes: Record<string, string> = {},
): string {
  const sku = `SKU${usagetype.replaceAll(/\W/g, "")}`;
  const term = `${sku}.JRTCKXETXF`;
  return JSON.stringify({
    product: {
      productFamily: "Sample",
      attributes: {
        regionCode: "us-east-2",
        servicecode: "Sample",
        location: "US East (Ohio)",
        locationType: "AWS Region",
        usagetype,
        operation: "",
        servicename: "Sample",
        ...attributes,
      },
      sku,
    },
    serviceCode: "Sample",
    terms: {
      OnDemand: {
        [term]: {
          priceDimensions: Object.fromEntries(
            tiers.map(({ usd, beginRange = "0", endRange = "Inf", unit = "GB" }, index) => [
              `${term}.${index}`,
              {
                unit,
                endRange,
                description: `$${usd} per ${unit}`,
                appliesTo: [],
                rateCode: `${term}.${index}`,
                beginRange,
                pricePerUnit: { USD: usd },
              },
            ]),
          ),
          sku,
          effectiveDate: "2026-11-01T00:00:00Z",
          offerTermCode: "JRTCKXETXF",
          termAttributes: {},
        },
      },
    },
    version: "20261101000000",
    publicationDate: "2026-11-01T00:00:00Z",
  });
}
