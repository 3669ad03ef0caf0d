global using Sensor.Tests.Support;
global using Xunit;
