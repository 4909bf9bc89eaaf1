//! People and organisations.

use super::Reference;
use super::{Address, Attachment, CodeableConcept, ContactPoint, HumanName, Identifier, Period};

view! {
    /// A person who receives care or is assessed.
    resource Patient at "Patient" {
        many identifiers: Identifier = "identifier";
        flag active = "active";
        many names: HumanName = "name";
        many telecoms: ContactPoint = "telecom";
        text gender = "gender";
        /// As partial as it was written.
        date birth_date = "birthDate";
        choice deceased = "deceased";
        many addresses: Address = "address";
        one marital_status: CodeableConcept = "maritalStatus";
        many photos: Attachment = "photo";
        many contacts: PatientContact = "contact";
        many communications: Communication = "communication";
        many general_practitioners: Reference = "generalPractitioner";
        one managing_organization: Reference = "managingOrganization";
        many links: PatientLink = "link";
    }
}

view! {
    /// Family, guardian or friend.
    element PatientContact at "Patient.contact" {
        many relationships: CodeableConcept = "relationship";
        one name: HumanName = "name";
        many telecoms: ContactPoint = "telecom";
        one address: Address = "address";
        text gender = "gender";
        one organization: Reference = "organization";
        one period: Period = "period";
    }
}

view! {
    /// A language in which one can speak with the person.
    element Communication at "Patient.communication" {
        one language: CodeableConcept = "language";
        flag preferred = "preferred";
    }
}

view! {
    /// Another record of the same person.
    element PatientLink at "Patient.link" {
        one other: Reference = "other";
        text type_code = "type";
    }
}

view! {
    /// A person who gives care.
    resource Practitioner at "Practitioner" {
        many identifiers: Identifier = "identifier";
        flag active = "active";
        many names: HumanName = "name";
        many telecoms: ContactPoint = "telecom";
        many addresses: Address = "address";
        text gender = "gender";
        date birth_date = "birthDate";
        many qualifications: Qualification = "qualification";
        many communications: CodeableConcept = "communication";
    }
}

view! {
    /// A certificate or licence.
    element Qualification at "Practitioner.qualification" {
        many identifiers: Identifier = "identifier";
        one code: CodeableConcept = "code";
        one period: Period = "period";
        one issuer: Reference = "issuer";
    }
}

view! {
    /// A clinic, agency, laboratory or authority.
    resource Organization at "Organization" {
        many identifiers: Identifier = "identifier";
        flag active = "active";
        many types: CodeableConcept = "type";
        text name = "name";
        texts aliases = "alias";
        many telecoms: ContactPoint = "telecom";
        many addresses: Address = "address";
        one part_of: Reference = "partOf";
    }
}

view! {
    /// People who travel, live or are counted together.
    resource Group at "Group" {
        many identifiers: Identifier = "identifier";
        flag active = "active";
        text type_code = "type";
        flag actual = "actual";
        one code: CodeableConcept = "code";
        text name = "name";
        integer quantity = "quantity";
        one managing_entity: Reference = "managingEntity";
        many characteristics: GroupCharacteristic = "characteristic";
        many members: GroupMember = "member";
    }
}

view! {
    /// What the members have in common.
    element GroupCharacteristic at "Group.characteristic" {
        one code: CodeableConcept = "code";
        choice choice = "value";
        flag exclude = "exclude";
        one period: Period = "period";
    }
}

view! {
    /// One member of a group.
    element GroupMember at "Group.member" {
        one entity: Reference = "entity";
        one period: Period = "period";
        flag inactive = "inactive";
    }
}
