"""The weapon taxonomy: the words that the column `weapon` may hold, as in the glossary."""

WEAPONS = (
    "small arms",
    "heavy machine gun",
    "automatic grenade launcher",
    "rocket-propelled grenade",
    "recoilless gun",
    "anti-tank guided missile",
    "anti-aircraft cannon",
    "infantry fighting vehicle cannon",
    "mortar",
    "tank",
    "artillery",
    "multiple launch rocket system",
    "tactical missile",
)
