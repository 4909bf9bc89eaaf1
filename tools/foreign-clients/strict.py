"""Reads what Manzil answers into the strict models of the PyPI package fhirclient.

Usage: strict.py http://127.0.0.1:8080/fhir

The models refuse an element that R4 does not have, a wrong type, or a missing required one. So
everything in the demonstration is read through them, and some of what the interface itself makes:
the CapabilityStatement, Bundles, OperationOutcomes and AuditEvents. Everybody is made up.
"""

import importlib
import sys

from fhirclient import client
from fhirclient.models.bundle import Bundle
from fhirclient.models.capabilitystatement import CapabilityStatement
from fhirclient.models.humanname import HumanName
from fhirclient.models.operationoutcome import OperationOutcome
from fhirclient.models.patient import Patient

TYPES = [
    "Patient", "Observation", "Encounter", "Condition", "Immunization", "Organization",
    "Practitioner", "Location", "Consent", "DiagnosticReport", "ServiceRequest", "Appointment",
    "Task", "QuestionnaireResponse", "AuditEvent",
]


def model_of(name):
    return getattr(importlib.import_module(f"fhirclient.models.{name.lower()}"), name)


def raw(smart, path):
    """The JSON of an answer, which the caller reads strictly."""
    return smart.server.request_json(path)


def everything(smart):
    """Every resource of some types, through its strict model."""
    read = 0
    for name in TYPES:
        path = f"{name}?_count=200"
        while path:
            bundle = raw(smart, path)
            # A Bundle reads its entries by their own models.
            Bundle(bundle, strict=True)
            for entry in bundle.get("entry", []):
                model_of(entry["resource"]["resourceType"])(entry["resource"], strict=True)
                read += 1
            following = [link["url"] for link in bundle["link"] if link["relation"] == "next"]
            path = following[0] if following else None
    return read


def writes(smart):
    """Writes by the models themselves."""
    person = Patient()
    person.name = [HumanName({"family": "Strict", "given": ["Amal"]})]
    made = Patient(person.create(smart.server), strict=True)
    assert made.id and made.meta.versionId == "1"
    read = Patient.read(made.id, smart.server)
    read.active = True
    changed = Patient(read.update(smart.server), strict=True)
    assert changed.active and changed.meta.versionId == "2"
    found = Patient.where({"_id": made.id}).perform_resources(smart.server)
    assert [each.id for each in found] == [made.id]
    read.delete(smart.server)


def main(base):
    smart = client.FHIRClient(settings={"app_id": "journey", "api_base": f"{base}/"})
    statement = CapabilityStatement(raw(smart, "metadata"), strict=True)
    assert statement.fhirVersion == "4.0.1"
    print("  the CapabilityStatement is read strictly")
    writes(smart)
    print("  a person is written, read, changed, found and deleted by the models")
    read = everything(smart)
    assert read > 100, read
    print(f"  {read} resources of {len(TYPES)} types are read strictly")
    history = raw(smart, "Patient/_history?_count=20")
    Bundle(history, strict=True)
    response = smart.server.session.post(
        f"{base}/Patient/$validate",
        json={"resourceType": "Patient", "birthDate": "1990-02-31"},
        headers={"Content-Type": "application/fhir+json"},
    )
    OperationOutcome(response.json(), strict=True)
    print("  a history and an OperationOutcome are read strictly")
    print("fhirclient: 4 steps passed")


main(sys.argv[1])
