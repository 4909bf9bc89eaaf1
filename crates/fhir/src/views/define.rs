//! How a view is written: a list of getters, each with the JSON member it reads.
//!
//! `text` gives `&str`, `texts` an iterator of them, `flag` a bool, `integer` an i64, `decimal` a
//! [`Literal`](super::Literal), `date` and `moment` a parsed date, `one` and `many` other views,
//! `choice` the member of a `value[x]`. A test holds every line against the R4 table.

macro_rules! view {
    (
        $(#[$doc:meta])*
        $kind:ident $name:ident at $place:literal {
            $( $(#[$about:meta])* $how:ident $getter:ident $(: $type:ident)? = $member:literal; )*
        }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $name<'a> {
            value: &'a serde_json::Value,
        }

        impl<'a> $name<'a> {
            /// The type or path in the R4 definitions.
            pub const PLACE: &'static str = $place;

            view!(@new $kind $name);

            /// The JSON itself.
            pub fn value(self) -> &'a serde_json::Value {
                self.value
            }

            /// Every extension directly on this element.
            pub fn extensions(self) -> impl Iterator<Item = $crate::views::Extension<'a>> {
                $crate::views::data::many(self.value, "extension")
                    .filter_map($crate::views::Extension::from_value)
            }

            /// The first extension with this URL.
            pub fn extension(self, url: &str) -> Option<$crate::views::Extension<'a>> {
                self.extensions().find(|extension| extension.url() == Some(url))
            }

            $(
                view!(@get [$(#[$about])*] $how $getter $($type)? = $member);
            )*

            #[cfg(test)]
            pub(crate) const MEMBERS: &'static [(&'static str, &'static str, &'static str)] =
                &[$( (stringify!($how), $member, concat!($(stringify!($type))?)) ),*];
        }
    };

    (@new resource $name:ident) => {
        /// The view of a resource of this type; none for another type.
        pub fn new(resource: &'a $crate::Resource) -> Option<Self> {
            Self::from_value(resource.value())
        }

        /// The view of a JSON object whose `resourceType` is this type.
        pub fn from_value(value: &'a serde_json::Value) -> Option<Self> {
            let named = value.get("resourceType").and_then(serde_json::Value::as_str);
            (named == Some(Self::PLACE)).then_some(Self { value })
        }

        /// The id.
        pub fn id(self) -> Option<&'a str> {
            self.value.get("id").and_then(serde_json::Value::as_str)
        }

        /// Version, profiles and tags.
        pub fn meta(self) -> Option<$crate::views::Meta<'a>> {
            self.value.get("meta").and_then($crate::views::Meta::from_value)
        }
    };
    (@new element $name:ident) => {
        /// The view of a JSON object that is taken to be of this type.
        pub fn from_value(value: &'a serde_json::Value) -> Option<Self> {
            value.is_object().then_some(Self { value })
        }
    };

    (@get [$($about:tt)*] text $getter:ident = $member:literal) => {
        #[doc = concat!("`", $member, "`.")]
        $($about)*
        pub fn $getter(self) -> Option<&'a str> {
            self.value.get($member).and_then(serde_json::Value::as_str)
        }
    };
    (@get [$($about:tt)*] texts $getter:ident = $member:literal) => {
        #[doc = concat!("`", $member, "`.")]
        $($about)*
        pub fn $getter(self) -> impl Iterator<Item = &'a str> {
            $crate::views::data::many(self.value, $member).filter_map(serde_json::Value::as_str)
        }
    };
    (@get [$($about:tt)*] flag $getter:ident = $member:literal) => {
        #[doc = concat!("`", $member, "`.")]
        $($about)*
        pub fn $getter(self) -> Option<bool> {
            self.value.get($member).and_then(serde_json::Value::as_bool)
        }
    };
    (@get [$($about:tt)*] integer $getter:ident = $member:literal) => {
        #[doc = concat!("`", $member, "`.")]
        $($about)*
        pub fn $getter(self) -> Option<i64> {
            self.value.get($member).and_then(serde_json::Value::as_i64)
        }
    };
    (@get [$($about:tt)*] decimal $getter:ident = $member:literal) => {
        #[doc = concat!("`", $member, "`.")]
        $($about)*
        pub fn $getter(self) -> Option<$crate::views::Literal<'a>> {
            self.value.get($member).and_then($crate::views::Literal::from_value)
        }
    };
    (@get [$($about:tt)*] date $getter:ident = $member:literal) => {
        #[doc = concat!("`", $member, "`.")]
        $($about)*
        pub fn $getter(self) -> Option<Result<$crate::PartialDate, $crate::date::DateError>> {
            self.value.get($member).and_then(serde_json::Value::as_str).map(str::parse)
        }
    };
    (@get [$($about:tt)*] moment $getter:ident = $member:literal) => {
        #[doc = concat!("`", $member, "`.")]
        $($about)*
        pub fn $getter(self) -> Option<Result<$crate::date::DateTime, $crate::date::DateError>> {
            self.value.get($member).and_then(serde_json::Value::as_str).map(str::parse)
        }
    };
    (@get [$($about:tt)*] one $getter:ident $type:ident = $member:literal) => {
        #[doc = concat!("`", $member, "`.")]
        $($about)*
        pub fn $getter(self) -> Option<$type<'a>> {
            self.value.get($member).and_then($type::from_value)
        }
    };
    (@get [$($about:tt)*] many $getter:ident $type:ident = $member:literal) => {
        #[doc = concat!("`", $member, "`.")]
        $($about)*
        pub fn $getter(self) -> impl Iterator<Item = $type<'a>> {
            $crate::views::data::many(self.value, $member).filter_map($type::from_value)
        }
    };
    (@get [$($about:tt)*] choice $getter:ident = $member:literal) => {
        #[doc = concat!("`", $member, "`.")]
        $($about)*
        pub fn $getter(self) -> Option<$crate::views::Choice<'a>> {
            $crate::views::Choice::find(self.value, Self::PLACE, $member)
        }
    };
}
