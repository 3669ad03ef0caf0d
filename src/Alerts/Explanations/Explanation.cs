using Sensor.Primitives;

namespace Sensor.Alerts.Explanations;

/// <summary>What to tell people, with places for names: {device}, {remote}, {site}, {file}, {rule}.</summary>
public sealed record Advice(LocalizedText WhatHappened, LocalizedText WhatToDo);

/// <summary>How one threat class is explained to an office that has no analyst.</summary>
/// <param name="Usual">The device on the customer's side acted.</param>
/// <param name="FromOutside">Somebody outside acted on it; null where the usual words serve.</param>
public sealed record Explanation(ThreatClass Class, LocalizedText Name, Advice Usual, Advice? FromOutside = null);
