// A journey with the npm package fhir-kit-client. Usage: node kit.mjs http://127.0.0.1:8080/fhir
//
// Everybody in it is made up. It leaves behind what it wrote, so run it against a demonstration.

import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";

// The packages stand where this is called, which need not be the folder of this file.
const packages = pathToFileURL(`${process.cwd()}/node_modules/`);
const { Client } = await import(new URL("fhir-kit-client/dist/index.js", packages));

const baseUrl = process.argv[2];
assert.ok(baseUrl, "usage: node kit.mjs http://127.0.0.1:8080/fhir");
const client = new Client({ baseUrl });
let steps = 0;
async function step(name, work) {
  await work();
  steps += 1;
  console.log(`  ${name}`);
}

/** The status with which the server refuses. */
async function refusal(work) {
  try {
    await work();
  } catch (error) {
    return { status: error.response.status, outcome: error.response.data };
  }
  return assert.fail("it was not refused");
}

const family = `Kit${Date.now().toString(36)}`;
const person = (given) => ({
  resourceType: "Patient",
  name: [{ family, given: [given] }],
  birthDate: "1988-05",
});
let mother;

await step("discovers what the server does", async () => {
  const statement = await client.capabilityStatement();
  assert.equal(statement.resourceType, "CapabilityStatement");
  assert.equal(statement.fhirVersion, "4.0.1");
});

await step("creates and reads", async () => {
  mother = await client.create({ resourceType: "Patient", body: person("Amal") });
  const read = await client.read({ resourceType: "Patient", id: mother.id });
  assert.deepEqual(read.name, mother.name);
  assert.equal(read.birthDate, "1988-05", "a month stays a month");
});

await step("updates, and reads both versions", async () => {
  const body = { ...mother, gender: "female" };
  const next = await client.update({ resourceType: "Patient", id: mother.id, body });
  assert.equal(next.meta.versionId, "2");
  const first = await client.vread({ resourceType: "Patient", id: mother.id, version: "1" });
  assert.equal(first.gender, undefined);
  const history = await client.resourceHistory({ resourceType: "Patient", id: mother.id });
  assert.deepEqual(history.entry.map((entry) => entry.resource.meta.versionId), ["2", "1"]);
});

await step("patches", async () => {
  const jsonPatch = [{ op: "add", path: "/active", value: true }];
  const patched = await client.patch({ resourceType: "Patient", id: mother.id, jsonPatch });
  assert.equal(patched.active, true);
  assert.equal(patched.meta.versionId, "3");
});

await step("searches page by page, each person once", async () => {
  for (const given of ["Badr", "Dalal", "Farid", "Ghada"]) {
    await client.create({ resourceType: "Patient", body: person(given) });
  }
  const seen = [];
  let bundle = await client.search({ resourceType: "Patient", searchParams: { family, _count: 2 } });
  while (bundle) {
    seen.push(...bundle.entry.map((entry) => entry.resource.name[0].given[0]));
    bundle = bundle.link.some((link) => link.relation === "next")
      ? await client.nextPage({ bundle })
      : undefined;
  }
  assert.deepEqual(seen.sort(), ["Amal", "Badr", "Dalal", "Farid", "Ghada"]);
});

await step("sends a transaction whose entries point to each other", async () => {
  const body = {
    resourceType: "Bundle",
    type: "transaction",
    entry: [
      {
        fullUrl: "urn:uuid:5e1f3a0e-0b5c-4c56-8f0d-1d8c3b6f9a01",
        resource: person("Huda"),
        request: { method: "POST", url: "Patient" },
      },
      {
        resource: {
          resourceType: "Observation",
          status: "final",
          code: { coding: [{ system: "http://loinc.org", code: "8867-4" }] },
          subject: { reference: "urn:uuid:5e1f3a0e-0b5c-4c56-8f0d-1d8c3b6f9a01" },
          valueQuantity: { value: 72, unit: "/min", system: "http://unitsofmeasure.org", code: "/min" },
        },
        request: { method: "POST", url: "Observation" },
      },
    ],
  };
  const answer = await client.transaction({ body });
  assert.deepEqual(answer.entry.map((entry) => entry.response.status.slice(0, 3)), ["201", "201"]);
  const found = await client.search({
    resourceType: "Observation",
    searchParams: { "subject:Patient.family": family, _include: "Observation:subject" },
  });
  assert.deepEqual(found.entry.map((entry) => entry.search.mode), ["match", "include"]);
  assert.equal(found.entry[0].resource.subject.reference, `Patient/${found.entry[1].resource.id}`);
});

await step("searches the compartment and resolves a reference", async () => {
  const found = await client.search({ resourceType: "Patient", searchParams: { family, given: "Huda" } });
  const { id } = found.entry[0].resource;
  const inside = await client.compartmentSearch({
    resourceType: "Observation",
    compartment: { resourceType: "Patient", id },
  });
  assert.equal(inside.entry.length, 1);
  const context = inside.entry[0].resource;
  const subject = await client.resolve({ reference: context.subject.reference, context });
  assert.equal(subject.id, id);
});

await step("calls $everything and $validate", async () => {
  const everything = await client.operation({
    name: "everything", resourceType: "Patient", id: mother.id, method: "GET",
  });
  assert.ok(everything.entry.some((entry) => entry.resource.id === mother.id));
  const outcome = await client.operation({
    name: "validate", resourceType: "Patient", input: { resourceType: "Patient", gender: "none of these" },
  });
  assert.ok(outcome.issue.some((issue) => issue.severity === "error" && issue.expression[0] === "Patient.gender"));
});

await step("is refused with a reason and a place", async () => {
  const wrong = await refusal(() =>
    client.create({ resourceType: "Patient", body: { resourceType: "Patient", birthDate: "1988-13" } }));
  assert.equal(wrong.status, 422);
  assert.equal(wrong.outcome.issue[0].expression[0], "Patient.birthDate");
  const stale = await refusal(() =>
    client.update({
      resourceType: "Patient", id: mother.id, body: mother, options: { headers: { "If-Match": 'W/"1"' } },
    }));
  assert.equal(stale.status, 412);
});

await step("deletes", async () => {
  await client.delete({ resourceType: "Patient", id: mother.id });
  const gone = await refusal(() => client.read({ resourceType: "Patient", id: mother.id }));
  assert.equal(gone.status, 410);
});

console.log(`fhir-kit-client: ${steps} steps passed`);
