"""A journey with the PyPI package fhirpy. Usage: fhirpy_journey.py http://127.0.0.1:8080/fhir

Everybody in it is made up. It leaves behind what it wrote, so run it against a demonstration.
"""

import asyncio
import sys
import time

from fhirpy import AsyncFHIRClient
from fhirpy.base.exceptions import MultipleResourcesFound, OperationOutcome, ResourceNotFound

FAMILY = f"Fhirpy{time.time_ns():x}"


async def people(client):
    """Makes five people, changes one, and finds them page by page."""
    for given in ["Amal", "Badr", "Dalal", "Farid", "Ghada"]:
        person = client.resource("Patient", name=[{"family": FAMILY, "given": [given]}])
        await person.save()
        assert person.id and person["meta"]["versionId"] == "1"
    found = client.resources("Patient").search(family=FAMILY).limit(2)
    names = [person["name"][0]["given"][0] async for person in found]
    assert sorted(names) == ["Amal", "Badr", "Dalal", "Farid", "Ghada"], names
    assert await client.resources("Patient").search(family=FAMILY).count() == 5

    amal = await client.resources("Patient").search(family=FAMILY, given="Amal").get()
    amal["birthDate"] = "1991"
    await amal.save()
    assert amal["meta"]["versionId"] == "2"
    amal["gender"] = "female"
    await amal.save()
    again = await client.reference("Patient", amal.id).to_resource()
    assert (again["birthDate"], again["gender"]) == ("1991", "female")
    return amal


async def observations(client, amal):
    """Points to a person, and searches by chains, dates, quantities and includes."""
    for day, value in [("2026-03-01", 36.6), ("2026-03-02", 38.9), ("2026-03-03", 37.2)]:
        await client.resource(
            "Observation",
            status="final",
            code={"coding": [{"system": "http://loinc.org", "code": "8310-5"}]},
            subject=amal.to_reference(),
            effectiveDateTime=day,
            valueQuantity={
                "value": value,
                "unit": "Cel",
                "system": "http://unitsofmeasure.org",
                "code": "Cel",
            },
        ).save()
    own = client.resources("Observation").search(patient=amal.id)
    assert await own.count() == 3
    fever = await own.search(value_quantity__gt="38").fetch()
    assert [each["effectiveDateTime"] for each in fever] == ["2026-03-02"]
    late = await own.search(date__ge="2026-03-02").sort("-date").fetch()
    assert [each["effectiveDateTime"] for each in late] == ["2026-03-03", "2026-03-02"]
    with_people = await own.include("Observation", "subject").fetch_raw()
    types = sorted(entry["resource"]["resourceType"] for entry in with_people["entry"])
    assert types == ["Observation", "Observation", "Observation", "Patient"], types
    by_name = client.resources("Observation").search(**{"subject:Patient.family": FAMILY})
    assert await by_name.count() == 3
    having = client.resources("Patient").has("Observation", "subject", code="8310-5")
    assert [each.id for each in await having.search(family=FAMILY).fetch()] == [amal.id]


async def refusals(client, amal):
    """What cannot be done is an OperationOutcome that says why."""
    try:
        await client.resource("Patient", gender="unheard of").save()
        raise AssertionError("a code that R4 does not have was accepted")
    except OperationOutcome as error:
        assert error.resource["issue"][0]["expression"] == ["Patient.gender"], error
    try:
        await client.resources("Patient").search(family=FAMILY).get()
        raise AssertionError("several were one")
    except MultipleResourcesFound:
        pass
    validated = await client.execute(
        "Patient/$validate", data={"resourceType": "Patient", "active": True}
    )
    assert all(issue["severity"] != "error" for issue in validated["issue"]), validated
    await amal.delete()
    try:
        await client.reference("Patient", amal.id).to_resource()
        raise AssertionError("a deleted person was read")
    except ResourceNotFound:
        pass


async def conditional(client):
    """A second visit of the same person makes no second record."""
    number = {"system": "urn:fictional:registry", "value": FAMILY}
    person = client.resource("Patient", identifier=[number])
    first, is_new = await client.resources("Patient").search(
        identifier=f"{number['system']}|{number['value']}"
    ).get_or_create(person)
    assert is_new
    second, is_new = await client.resources("Patient").search(
        identifier=f"{number['system']}|{number['value']}"
    ).get_or_create(client.resource("Patient", identifier=[number]))
    assert not is_new and second.id == first.id


async def main(base):
    client = AsyncFHIRClient(base)
    amal = await people(client)
    print("  people are made, changed and found page by page")
    await observations(client, amal)
    print("  observations are found by person, chain, date, quantity and what points where")
    await conditional(client)
    print("  a second visit makes no second record")
    await refusals(client, amal)
    print("  refusals say why, and what is deleted is gone")
    print("fhirpy: 4 steps passed")


asyncio.run(main(sys.argv[1]))
