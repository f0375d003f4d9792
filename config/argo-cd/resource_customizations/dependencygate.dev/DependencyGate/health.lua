-- The health of a DependencyGate: green where its targets' Pods have passed, or where no Pod is wanted.

-- What failed and does not heal by itself.
local failed = { DependencyFailed = true, TargetFailed = true, PodFailed = true }

-- Of Open, where it is Unknown: what is to come. Everything else that is unknown is at rest, such as a CronJob between
-- its runs, and would never become green.
local coming = { TargetMissing = true, NoPodYet = true, PodUnreadable = true }

local function condition(name)
  for _, one in ipairs(obj.status.conditions) do
    if one.type == name then
      return one
    end
  end
  return { status = "Unknown", reason = "NotReported", message = "the operator has not reported " .. name }
end

local function says(status, one)
  return { status = status, message = one.reason .. ": " .. one.message }
end

if obj.status == nil or obj.status.conditions == nil or obj.status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "the operator has not reported the present spec yet" }
end

local ready, open, stalled = condition("Ready"), condition("Open"), condition("Stalled")
if stalled.status == "True" then
  return says("Degraded", stalled)
end
if open.status == "False" and failed[open.reason] then
  return says("Degraded", open)
end
if ready.reason == "Suspended" then
  return says("Suspended", ready)
end
if ready.status ~= "True" then
  return says("Progressing", ready)
end
if open.status == "False" or (open.status == "Unknown" and (coming[open.reason] or open.reason == "NotReported")) then
  return says("Progressing", open)
end
return says("Healthy", open)
