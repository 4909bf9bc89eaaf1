//! Common names by country of origin, from which fictional people are put together.

/// Where a fictional family comes from and how it travels.
#[derive(Debug)]
pub struct Origin {
    pub country: &'static str,
    pub language: &'static str,
    /// Countries of first refuge, one of which the family lives in now.
    pub residences: &'static [&'static str],
    /// Whether the father's given name follows the own name in place of a family name.
    pub patronymic: bool,
    pub women: &'static [&'static str],
    pub men: &'static [&'static str],
    pub families: &'static [&'static str],
}

pub const ORIGINS: &[Origin] = &[
    Origin {
        country: "SO",
        language: "so",
        residences: &["KE", "ET", "UG"],
        patronymic: true,
        women: &["Amina", "Hodan", "Ifrah", "Sahra", "Faduma", "Ayaan", "Nimco"],
        men: &["Abdi", "Mohamed", "Hassan", "Yusuf", "Ismail", "Farah", "Omar"],
        families: &["Ali", "Warsame", "Guled", "Nur", "Jama", "Hersi"],
    },
    Origin {
        country: "SY",
        language: "ar",
        residences: &["JO", "LB", "TR"],
        patronymic: false,
        women: &["ليلى", "مريم", "سلمى", "Rania", "Huda", "Nour"],
        men: &["أحمد", "يوسف", "Khaled", "Sami", "Omar", "Bashar"],
        families: &["الحسن", "Haddad", "Khoury", "الخطيب", "Nasser"],
    },
    Origin {
        country: "AF",
        language: "prs",
        residences: &["PK", "IR", "AF"],
        patronymic: false,
        women: &["Zahra", "Fatima", "Shabnam", "فرشته", "Maryam"],
        men: &["Ahmad", "Farid", "نوید", "Rahim", "Mustafa"],
        families: &["Ahmadi", "Rahimi", "Karimi", "نوری", "Hosseini"],
    },
    Origin {
        country: "CD",
        language: "sw",
        residences: &["UG", "TZ", "RW", "BI"],
        patronymic: false,
        women: &["Espérance", "Furaha", "Neema", "Solange", "Chantal"],
        men: &["Jean-Pierre", "Baraka", "Innocent", "Dieudonné", "Patrick"],
        families: &["Mukendi", "Kabila", "Bahati", "Mwamba", "Ilunga"],
    },
    Origin {
        country: "MM",
        language: "my",
        residences: &["TH", "MY", "BD"],
        patronymic: false,
        women: &["Aye Aye", "Hla Hla", "Naw Paw", "Thida"],
        men: &["Kyaw", "Min Thu", "Saw Eh", "Zaw"],
        families: &["Htun", "Win", "Htoo", "Maung"],
    },
    Origin {
        country: "UA",
        language: "uk",
        residences: &["PL", "MD", "UA"],
        patronymic: false,
        women: &["Олена", "Ірина", "Наталія", "Kateryna"],
        men: &["Андрій", "Олег", "Mykola", "Тарас"],
        families: &["Шевченко", "Бондар", "Kovalenko", "Ткач"],
    },
    Origin {
        country: "ER",
        language: "ti",
        residences: &["ET", "SD", "UG"],
        patronymic: true,
        women: &["Selam", "Luwam", "Helen", "Rahwa"],
        men: &["Tesfay", "Yonas", "Filmon", "Bereket"],
        families: &["Tekle", "Haile", "Ghebre", "Weldu"],
    },
    Origin {
        country: "PH",
        language: "fil",
        residences: &["PH"],
        patronymic: false,
        women: &["Maria", "Angelica", "Rosario", "Grace"],
        men: &["José", "Ramon", "Mark", "Carlo"],
        families: &["Santos", "Reyes", "Cruz", "Bautista"],
    },
];
